using System.Globalization;
using System.Text;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>The handler as a service of systemd, and a timer for it (systemd.service(5), systemd.timer(5)); pure.</summary>
public static class SystemdUnits
{
    private const string Folder = "etc/systemd/system";

    private const string ServiceUnit = HandlerService.Name + ".service";

    private const string TimerUnit = HandlerService.Name + ".timer";

    /// <exception cref="CumulusException"><see cref="ErrorIds.HandlerRegistrationFailed"/></exception>
    public static ServicePlan Plan(HandlerService service)
    {
        service.Require();
        string unit = service.Watch ? ServiceUnit : TimerUnit;
        string target = service.Watch ? "multi-user.target" : "timers.target";
        var files = new List<ServiceFile> { new($"{Folder}/{ServiceUnit}", ServiceText(service)) };
        if (!service.Watch) files.Add(new($"{Folder}/{TimerUnit}", TimerText(service)));

        // What "systemctl enable" would do; so it is the same where no systemd runs, as in an image.
        files.Add(new($"{Folder}/{target}.wants/{unit}", "", $"../{unit}"));
        string[] reload = ["systemctl", "daemon-reload"];
        return new ServicePlan(files, [reload, ["systemctl", "restart", unit]], [["systemctl", "start", unit]], [["systemctl", "stop", unit]], [reload]);
    }

    /// <summary>One word of a command line, as systemd.service(5) says under "Command lines".</summary>
    /// <param name="isProgram">The first word: there no variables are looked for.</param>
    public static string Quote(string word, bool isProgram)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in word)
        {
            quoted.Append(c switch
            {
                '"' or '\\' => $"\\{c}",
                '%' => "%%",
                '$' when !isProgram => "$$",
                _ => c.ToString(),
            });
        }

        bool plain = word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '.' or '_' or ',' or '=' or '+');
        return plain ? word : quoted.Append('"').ToString();
    }

    private static string ServiceText(HandlerService service)
    {
        string command = string.Join(' ', service.Command.Select((word, i) => Quote(word, i == 0)));
        string kind = service.Watch
            ? "Type=exec\nRestart=always\nRestartSec=30s\n"
            : "Type=oneshot\nTimeoutStartSec=4h\n";
        string install = service.Watch ? "\n[Install]\nWantedBy=multi-user.target\n" : "";
        return $"""
            # {HandlerService.Mark}
            [Unit]
            Description=Cumulus bundle handler
            Wants=network-online.target
            After=network-online.target

            [Service]
            {kind}# {service.Reason}
            ExecStart={command}
            SyslogIdentifier={HandlerService.Name}
            # Daemons that init scripts start belong to this unit, and have to outlive the run that started them.
            KillMode=process
            # An install that is interrupted takes everything back, which needs its time.
            KillSignal=SIGINT
            TimeoutStopSec=15min
            SuccessExitStatus=130
            {install}
            """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }

    private static string TimerText(HandlerService service) => $"""
        # {HandlerService.Mark}
        [Unit]
        Description=Cumulus bundle handler, at boot and every {Span(service.Interval)}

        [Timer]
        OnBootSec=10s
        OnUnitInactiveSec={Span(service.Interval)}
        RandomizedDelaySec={Span(service.Spread)}
        AccuracySec=1s

        [Install]
        WantedBy=timers.target

        """.ReplaceLineEndings("\n");

    private static string Span(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalSeconds}s");
}
