using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Ghost.Scripts;

/// <summary>
/// The lines that bring a script to a host and run it there. Its bytes go as base64, so that no shell between reads them; it lies in a private folder that goes when it has ended (G-17).
/// A first line <c>#!</c> is respected.
/// </summary>
public static class HostScriptText
{
    private const int LineLength = 76;

    /// <param name="folder">Where it runs; null: the temporary folder.</param>
    /// <param name="variables">What it finds in its environment.</param>
    /// <param name="uid">User that it runs as; null: root.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ConfigurationInvalid"/>: a value that no command line can carry.</exception>
    public static IReadOnlyList<string> Lines(HostPlatform platform, string script, string? folder, IReadOnlyDictionary<string, string> variables, int? uid, int? gid)
    {
        string Quoted(string value) => HostCommand.Quote(platform, value);
        return platform == HostPlatform.Windows ? Windows(script, folder, variables, Quoted) : Linux(script, folder, variables, uid, gid, Quoted);
    }

    private static List<string> Linux(string script, string? folder, IReadOnlyDictionary<string, string> variables, int? uid, int? gid, Func<string, string> quoted)
    {
        string text = script.ReplaceLineEndings("\n");
        var lines = new List<string>
        {
            "set -e",
            "umask 077",
            "cumulus_script=$(mktemp -d)",
            "trap 'rm -rf \"$cumulus_script\"' EXIT",
            "base64 -d > \"$cumulus_script/script\" <<'CUMULUS_END'",
        };
        lines.AddRange(Base64(text));
        lines.Add("CUMULUS_END");
        lines.Add("chmod 700 \"$cumulus_script/script\"");
        lines.AddRange(variables.Select(v => $"export {v.Key}={quoted(v.Value)}"));
        lines.Add($"cd {quoted(folder ?? "/tmp")}");
        string command = text.StartsWith("#!", StringComparison.Ordinal) ? "\"$cumulus_script/script\"" : "/bin/sh \"$cumulus_script/script\"";
        if (uid is { } user)
        {
            lines.Add($"chown -R {user}:{gid ?? user} \"$cumulus_script\"");
            command = $"setpriv --reuid={user} --regid={gid ?? user} --clear-groups {command}";
        }

        lines.Add(command);
        return lines;
    }

    private static List<string> Windows(string script, string? folder, IReadOnlyDictionary<string, string> variables, Func<string, string> quoted)
    {
        var lines = new List<string>
        {
            "$ErrorActionPreference = 'Stop'",
            "$cumulusScript = Join-Path ([IO.Path]::GetTempPath()) ('cumulus-' + [guid]::NewGuid().ToString('N') + '.ps1')",
            $"[IO.File]::WriteAllBytes($cumulusScript, [Convert]::FromBase64String('{Convert.ToBase64String([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(script)])}'))",
        };
        lines.AddRange(variables.Select(v => $"$env:{v.Key} = {quoted(v.Value)}"));
        if (folder is not null) lines.Add($"Set-Location -LiteralPath {quoted(folder)}");
        lines.Add("try { & $cumulusScript; exit $LASTEXITCODE } finally { Remove-Item -LiteralPath $cumulusScript -Force }");
        return lines;
    }

    private static IEnumerable<string> Base64(string text)
    {
        string all = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        for (int i = 0; i < all.Length; i += LineLength) yield return all[i..Math.Min(i + LineLength, all.Length)];
    }
}
