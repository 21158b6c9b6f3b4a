using System.Text;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>The lines that a host runs to install a version. Every value is quoted; none can end its quotes.</summary>
public static class HostCommand
{
    /// <param name="bucket">Null: the host's own configuration names it.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ConfigurationInvalid"/> for a value that no command line can carry.</exception>
    public static IReadOnlyList<string> Install(HostPlatform platform, string environment, string version, string? bucket)
    {
        var line = new StringBuilder("cumulus Install-Bundle");
        void Add(string option, string value) => line.Append(' ').Append(option).Append(' ').Append(Quote(platform, value));
        Add("-Environment", environment);
        Add("-Version", version);
        if (!string.IsNullOrEmpty(bucket))
        {
            Add("-Bucket", bucket);
        }

        line.Append(" -SaveVersion");

        // Without it, a PowerShell script ends with 0 whatever its programs said.
        return platform == HostPlatform.Windows ? [line.ToString(), "exit $LASTEXITCODE"] : [line.ToString()];
    }

    /// <summary>One word of a POSIX shell or of PowerShell.</summary>
    public static string Quote(HostPlatform platform, string value)
    {
        // Windows PowerShell loses double quotes on the way to a program; a line break would end the line on both.
        if (value.Any(char.IsControl) || (platform == HostPlatform.Windows && value.Contains('"')))
        {
            throw new CumulusException(
                ErrorIds.ConfigurationInvalid,
                FailureKind.InvalidInput,
                $"The value '{new string([.. value.Select(c => char.IsControl(c) ? '?' : c)])}' cannot be passed to a host: it holds a control character or a double quote.")
            { Target = value };
        }

        return platform == HostPlatform.Windows ? PowerShellWord(value) : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    // PowerShell takes the typographic single quotes for quotes as well; doubled, each stands for itself.
    private static string PowerShellWord(string value)
    {
        var word = new StringBuilder("'");
        foreach (char c in value)
        {
            word.Append(c);
            if (c is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b')
            {
                word.Append(c);
            }
        }

        return word.Append('\'').ToString();
    }
}
