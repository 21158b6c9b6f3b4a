using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Ghost;

/// <summary>Lines for the shell of a build instance. No value is ever part of a line but in quotes or in base64 (G-36, G-37).</summary>
internal static class BuildShell
{
    public const string Strict = "set -eu";

    public static HostPlatform PlatformOf(GhostApplication application) => application.IsWindows ? HostPlatform.Windows : HostPlatform.Linux;

    public static string Quote(GhostApplication application, string value) => HostCommand.Quote(PlatformOf(application), value);

    /// <summary>Runs a script with Ghost's variables (reference, section 8). Its first line says by what; without one by bash, or by PowerShell.</summary>
    public static IReadOnlyList<string> Script(GhostApplication application, string name, GhostScript script) =>
        application.IsWindows ? OnWindows(application, name, script) : OnLinux(application, name, script);

    /// <summary>Writes a text to a file.</summary>
    public static string Write(string path, string text) => $"printf %s '{Base64(text)}' | base64 -d > {path}";

    private static List<string> OnLinux(GhostApplication application, string name, GhostScript script)
    {
        string text = script.Text.StartsWith("#!", StringComparison.Ordinal) ? script.Text : "#!/bin/bash\n" + script.Text;
        return
        [
            Strict,
            "umask 077",
            "work=$(mktemp -d)",
            "trap 'rm -rf \"$work\"' EXIT",
            .. Variables(application).Select(v => $"export {v.Key}={(v.Value is { } value ? Literal(value) : $"\"$({Fetch(application, v.From!)})\"")}"),
            Write($"\"$work\"/{name}", text.ReplaceLineEndings("\n")),
            $"chmod 700 \"$work\"/{name}",
            $"\"$work\"/{name}",
        ];
    }

    private static List<string> OnWindows(GhostApplication application, string name, GhostScript script) =>
    [
        "$ErrorActionPreference = 'Stop'",
        $"$work = Join-Path $env:TEMP {Quote(application, $"cumulus-{name}.ps1")}",
        .. Variables(application).Select(v => $"$env:{v.Key} = {(v.Value is { } value ? $"[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{Base64(value)}'))" : $"({Fetch(application, v.From!)})")}"),
        $"[IO.File]::WriteAllBytes($work, [Convert]::FromBase64String('{Base64(script.Text)}'))",
        "try { & powershell.exe -NoProfile -ExecutionPolicy Bypass -File $work; $code = $LASTEXITCODE } finally { Remove-Item -LiteralPath $work -Force }",
        "exit $code",
    ];

    /// <summary>Ghost's variables, then those of the definition.</summary>
    private static IEnumerable<EnvironmentVariable> Variables(GhostApplication application) =>
    [
        new() { Key = "GHOST_APP", Value = application.Name },
        new() { Key = "GHOST_ENV", Value = application.Env },
        new() { Key = "GHOST_ROLE", Value = application.Role },
        new() { Key = "GHOST_ENV_COLOR", Value = application.Key.Colour ?? "" },
        .. application.EnvVars,
    ];

    // The value stays on the instance: its role fetches it.
    private static string Fetch(GhostApplication application, string from)
    {
        (string home, string name) = from.Split(':', 2) is [var h, var n] ? (h, n) : (from, "");
        return home == "ssm"
            ? $"aws ssm get-parameter --with-decryption --name {Quote(application, name)} --query Parameter.Value --output text --region {Quote(application, application.Region)}"
            : $"aws secretsmanager get-secret-value --secret-id {Quote(application, name)} --query SecretString --output text --region {Quote(application, application.Region)}";
    }

    // A value may have line breaks, which no quoted word of one line can hold.
    private static string Literal(string value) =>
        value.Any(char.IsControl) ? $"\"$(printf %s '{Base64(value)}' | base64 -d)\"" : HostCommand.Quote(HostPlatform.Linux, value);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
