using System.Diagnostics;
using System.Globalization;
using Cumulus.Engine;
using Cumulus.Engine.Hosts;

// Installs archives below a folder and kills itself, hard, after a step and a time: what is left is what a kill leaves.
//   Cumulus.InstallVictim ROOT STEP MICROSECONDS ARCHIVE...     STEP -1: after that time from the start; -2: never
if (args.Length < 4)
{
    Console.Error.WriteLine("usage: Cumulus.InstallVictim ROOT STEP MICROSECONDS ARCHIVE...");
    return 2;
}

int wanted = int.Parse(args[1], CultureInfo.InvariantCulture);
long delay = long.Parse(args[2], CultureInfo.InvariantCulture);
int step = 0;
if (wanted == -1) KillAfter(delay);
long started = Stopwatch.GetTimestamp();
var installer = new BundleInstaller(store: null)
{
    OnStep = _ =>
    {
        if (step++ == wanted) KillAfter(delay);
    },
};
try
{
    await installer.InstallAsync(
        new InstallRequest { RootPath = args[0], RemoveUnlisted = true, KeepVersions = 2, Bundles = [.. args.Skip(3).Select(a => InstallSource.InFile(a))] },
        CancellationToken.None);
}
catch (CumulusException e)
{
    Console.Error.WriteLine($"{e.ErrorId}: {e.Message}");
    return 1;
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step} {Stopwatch.GetElapsedTime(started).TotalMicroseconds:0}"));
return 0;

static void KillAfter(long microseconds)
{
    if (microseconds == 0) Kill();
    new Thread(() =>
    {
        // Sleeping is too coarse to hit a single call.
        long start = Stopwatch.GetTimestamp();
        if (microseconds > 20_000) Thread.Sleep((int)(microseconds / 1000) - 10);
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds) Thread.SpinWait(20);
        Kill();
    }) { IsBackground = true, Priority = ThreadPriority.Highest }.Start();
}

static void Kill()
{
    using Process self = Process.GetCurrentProcess();
    self.Kill();
    Thread.Sleep(Timeout.Infinite);
}
