using Xunit;

namespace Cumulus.LocalCloud.Tests.Support;

/// <summary>Runs where there is a <c>pwsh</c>.</summary>
public sealed class PwshFactAttribute : FactAttribute
{
    public PwshFactAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "pwsh"))))
            Skip = "There is no pwsh on PATH.";
    }
}
