using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>A module that is checked out, built and packed on this machine. Its folder goes with it.</summary>
public sealed class PreparedModule : IDisposable
{
    internal PreparedModule(string folder, ModulePackageRequest request, ModuleCheckout checkout, ModuleInfo info) => (Folder, Request, Checkout, Info) = (folder, request, checkout, info);

    public ModulePackageRequest Request { get; }

    public ModuleCheckout Checkout { get; }

    public ModuleInfo Info { get; }

    /// <summary>Null until it is packed.</summary>
    public Bundle? Bundle { get; internal set; }

    /// <summary>Full path of the folder for everything.</summary>
    internal string Folder { get; }

    /// <summary>Full path of the work tree.</summary>
    internal string Tree => Path.Combine(Folder, "tree");

    internal string Scripts => Path.Combine(Folder, "scripts");

    public void Dispose() => WorkTrees.Remove(Folder);
}
