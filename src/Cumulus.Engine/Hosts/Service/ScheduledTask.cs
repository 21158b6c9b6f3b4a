using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>The handler as a task of Windows' scheduler (https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema); pure.</summary>
public static class ScheduledTask
{
    private const string TaskName = @"Cumulus\BundleHandler";

    private const string File = "C:/cumulus/conf/" + HandlerService.Name + ".task.xml";

    /// <summary>The account LocalSystem (https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers).</summary>
    private const string LocalSystem = "S-1-5-18";

    private static readonly XNamespace Space = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    /// <exception cref="CumulusException"><see cref="ErrorIds.HandlerRegistrationFailed"/></exception>
    public static ServicePlan Plan(HandlerService service)
    {
        service.Require();
        IReadOnlyList<string>[] start = [["schtasks.exe", "/Create", "/TN", TaskName, "/XML", File.Replace('/', '\\'), "/F"], ["schtasks.exe", "/Run", "/TN", TaskName]];
        return new ServicePlan(
            [new ServiceFile(File, Text(service)) { Utf16 = true }],
            start,
            start,
            [["schtasks.exe", "/Delete", "/TN", TaskName, "/F"]],
            []);
    }

    /// <summary>Arguments as one text, which a program takes apart again by the rules of CommandLineToArgvW.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    private static string Quote(string word)
    {
        if (word.Length > 0 && !word.Any(c => c is ' ' or '"')) return word;
        var quoted = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in word)
        {
            // Backslashes stand for themselves, but before a quote two stand for one.
            if (c == '"') quoted.Append('\\', backslashes + 1);
            backslashes = c == '\\' ? backslashes + 1 : 0;
            quoted.Append(c);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }

    private static string Text(HandlerService service)
    {
        var triggers = new XElement(Space + "Triggers", new XElement(Space + "BootTrigger", Enabled(), new XElement(Space + "Delay", Span(TimeSpan.FromSeconds(10)))));
        var settings = new XElement(
            Space + "Settings",
            new XElement(Space + "MultipleInstancesPolicy", "IgnoreNew"),
            new XElement(Space + "DisallowStartIfOnBatteries", false),
            new XElement(Space + "StopIfGoingOnBatteries", false),
            new XElement(Space + "StartWhenAvailable", true),
            new XElement(Space + "ExecutionTimeLimit", Span(service.Watch ? TimeSpan.Zero : TimeSpan.FromHours(4))));
        if (service.Watch)
        {
            settings.Add(new XElement(Space + "RestartOnFailure", new XElement(Space + "Interval", Span(TimeSpan.FromMinutes(1))), new XElement(Space + "Count", 255)));
        }
        else
        {
            triggers.Add(new XElement(
                Space + "TimeTrigger",
                new XElement(Space + "Repetition", new XElement(Space + "Interval", Span(service.Interval)), new XElement(Space + "StopAtDurationEnd", false)),
                new XElement(Space + "StartBoundary", "2020-01-01T00:00:00"),
                Enabled(),
                new XElement(Space + "RandomDelay", Span(service.Spread))));
        }

        var task = new XElement(
            Space + "Task",
            new XAttribute("version", "1.2"),
            new XElement(Space + "RegistrationInfo", new XElement(Space + "Description", $"Cumulus bundle handler. {HandlerService.Mark} {service.Reason}")),
            triggers,
            new XElement(Space + "Principals", new XElement(Space + "Principal", new XAttribute("id", "System"), new XElement(Space + "UserId", LocalSystem), new XElement(Space + "RunLevel", "HighestAvailable"))),
            settings,
            new XElement(
                Space + "Actions",
                new XAttribute("Context", "System"),
                new XElement(Space + "Exec", new XElement(Space + "Command", service.Command[0]), new XElement(Space + "Arguments", Join(service.Command.Skip(1))))));
        return $"""<?xml version="1.0" encoding="UTF-16"?>{"\r\n"}{task.ToString().ReplaceLineEndings("\r\n")}{"\r\n"}""";
    }

    private static XElement Enabled() => new(Space + "Enabled", true);

    private static string Span(TimeSpan span) => XmlConvert.ToString(span);
}
