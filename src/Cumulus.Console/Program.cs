using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;
using Cumulus.Console;
using Cumulus.PowerShell;

// Installed, the program lies in a folder of the module, whose own assembly knows where the others are.
string module = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, ".."));
AssemblyLoadContext.Default.Resolving += (context, name) =>
    (name.Name == "Cumulus.PowerShell" ? [module] : Dependencies(module))
        .Select(home => Path.Combine(home, name.Name + ".dll"))
        .Where(File.Exists)
        .Select(context.LoadFromAssemblyPath)
        .FirstOrDefault();
return Start(args, module);

[MethodImpl(MethodImplOptions.NoInlining)]
static string[] Dependencies(string module) => DependencyFolders.Of(module);

// Apart from the above, so that nothing of the module is looked for before it can be found.
[MethodImpl(MethodImplOptions.NoInlining)]
static int Start(string[] args, string module)
{
    using var stop = new CancellationTokenSource();
    int signals = 0;
    void OnSignal(PosixSignalContext context)
    {
        // The second one is left to the system, which ends the process.
        context.Cancel = Interlocked.Increment(ref signals) == 1;
        if (context.Cancel)
        {
            stop.CancelAsync();
        }
    }

    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);

    var app = new ConsoleApp(new ConsoleSettings
    {
        CmdletAssemblies = [typeof(CumulusCmdlet).Assembly],
        FormatFile = Path.Combine(module, "Cumulus.format.ps1xml"),
        HelpFolder = Path.Combine(module, "help"),
        Version = typeof(ConsoleApp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
    });

    // Standard streams without the machinery of System.Console, which costs time at every start.
    var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    using var output = new StreamWriter(System.Console.OpenStandardOutput(), encoding);
    using var error = new StreamWriter(System.Console.OpenStandardError(), encoding);
    using var input = new StreamReader(System.Console.OpenStandardInput(), encoding);
    return app.Run(args, new Terminal
    {
        Out = output,
        Error = error,
        In = input,
        OutIsTerminal = !System.Console.IsOutputRedirected,
        ErrorIsTerminal = !System.Console.IsErrorRedirected,
        InIsTerminal = !System.Console.IsInputRedirected,
        Columns = () => System.Console.WindowWidth,
        Colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb",
    }, stop.Token);
}
