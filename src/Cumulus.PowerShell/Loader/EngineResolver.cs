using System.Reflection;
using System.Runtime.Loader;

namespace Cumulus.PowerShell;

/// <summary>
/// Answers the default context when it looks for one of the assemblies that the cmdlets name, and for nothing else, from
/// the <c>deps</c> folder beside the module.
/// </summary>
internal sealed class EngineResolver
{
    private static readonly string[] EngineAssemblies = ["Cumulus.Engine", "Cumulus.LocalCloud"];
    private static readonly object InstallGate = new();
    private static EngineResolver? s_installed;

    private readonly string[] _folders;
    private readonly PrivateLoadContext _context;
    private readonly Dictionary<string, Assembly?> _answers = [];

    private EngineResolver(string[] folders)
    {
        _folders = folders;
        _context = new PrivateLoadContext(folders);
    }

    /// <summary>Once a process, however many runspaces import the module.</summary>
    /// <exception cref="InvalidOperationException">An assembly is missing; the message names the file.</exception>
    public static void Install(string moduleFolder)
    {
        lock (InstallGate)
        {
            if (s_installed is not null)
                return;

            var resolver = new EngineResolver(DependencyFolders.Of(moduleFolder));
            if (Array.Find(EngineAssemblies, name => !File.Exists(resolver.PathOf(name))) is { } missing)
            {
                throw new InvalidOperationException(
                    $"Cumulus is not installed completely: '{resolver.PathOf(missing)}' is missing. Install it again.");
            }

            AssemblyLoadContext.Default.Resolving += resolver.Answer;
            s_installed = resolver;
        }
    }

    private string PathOf(string name) => Path.Combine(_folders[^1], name + ".dll");

    private Assembly? Answer(AssemblyLoadContext asking, AssemblyName wanted)
    {
        if (wanted.Name is not { } name || !EngineAssemblies.Contains(name))
            return null;

        lock (_answers)
        {
            if (_answers.TryGetValue(name, out var known))
                return known;

            // One attempt for each name: a private load that fails asks the default context, which asks here again, until
            // the process dies of stack overflow.
            _answers[name] = null;
            return _answers[name] = _context.LoadFromAssemblyName(new AssemblyName(name));
        }
    }
}
