using System.Diagnostics;
using System.Globalization;
using Cumulus.Engine;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// A host in Linux namespaces of its own. A first process holds them; everything else is started beside it by <c>nsenter</c>, so boot
/// script, servers and commands share one view of files and processes. When the first process ends, the kernel ends the others and
/// the mounts are gone. It ends when its standard input is closed, hence also when the cloud's process dies in any way.
/// </summary>
internal sealed class NamespaceSandbox(HostFolder folder, SandboxSettings settings) : IHostSandbox
{
    /// <summary>Where a host sees <see cref="HostFolder.Scripts"/>.</summary>
    private const string ScriptsInside = "/run/localcloud";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    // Variables: FOLDER (the host's), CLOUD (the cloud's), BIN, NAME, HIDDEN and READABLE (a path a line).
    private const string Setup = """
        set -e
        read -r pid rest </proc/self/stat
        echo "$pid"
        read -r go
        exec /bin/sh -c "$BUILD"
        """;

    // One overlay for each folder of the machine's root, its upper side in FOLDER/root: one overlay over / itself would not show
    // what other file systems hold (/home, /usr), and a user namespace may not clone a mount that has others below.
    private const string Build = """
        set -e
        root=$FOLDER/root
        lines='
        '
        mount --bind "$FOLDER" "$FOLDER"
        for path in /*; do
          name=${path#/}
          case $name in proc|sys|dev|run|tmp|mnt|media|boot|lost+found) continue ;; esac
          if [ -L "$path" ]; then
            [ -L "$root/$name" ] || cp -P "$path" "$root/$name"
          elif [ -d "$path" ]; then
            mkdir -p "$root/$name" "$FOLDER/work/$name"
            if [ "$OWNED" ]; then
              (cd "$path"; find . -mindepth 1 -maxdepth 2 -xdev -type d -readable 2>/dev/null) | (cd "$root/$name"; while read -r sub; do mkdir -p "$sub" 2>/dev/null || :; done)
            fi
            mount -t overlay overlay -o "lowerdir=$path,upperdir=$root/$name,workdir=$FOLDER/work/$name,userxattr" "$root/$name" ||
              case $name in etc|usr|var|bin|sbin|lib*) exit 1 ;; esac
          fi
        done
        mkdir -p "$root/proc" "$root/sys" "$root/dev" "$root/run/localcloud" "$root/mnt" "$root/tmp"
        chmod 1777 "$root/tmp"
        mount --bind "$FOLDER/scripts" "$root/run/localcloud"
        mount -o remount,bind,ro "$root/run/localcloud"
        mount -t proc proc "$root/proc"
        for path in bus fs irq sys sysrq-trigger; do
          [ -e "$root/proc/$path" ] || continue
          mount --bind "$root/proc/$path" "$root/proc/$path"
          mount -o remount,bind,ro "$root/proc/$path"
        done
        mount -t tmpfs -o mode=755 tmpfs "$root/dev"
        for name in null zero full random urandom tty; do
          : >"$root/dev/$name"
          mount --bind "/dev/$name" "$root/dev/$name"
        done
        ln -s /proc/self/fd "$root/dev/fd"
        ln -s /proc/self/fd/0 "$root/dev/stdin"
        ln -s /proc/self/fd/1 "$root/dev/stdout"
        ln -s /proc/self/fd/2 "$root/dev/stderr"
        mkdir -m 1777 "$root/dev/shm"
        IFS=$lines
        for path in $READABLE; do
          if [ -e "$root$path" ]; then continue; fi
          mkdir -p "$root$path"
          mount --bind "$path" "$root$path"
          mount -o remount,bind,ro "$root$path"
        done
        if [ -d "$root$CLOUD" ]; then mount -t tmpfs -o mode=755 tmpfs "$root$CLOUD"; fi
        for path in $HIDDEN; do
          if [ -d "$root$path" ]; then mount -t tmpfs -o mode=700 tmpfs "$root$path"; fi
        done
        mkdir -p "$root$BIN"
        mount --bind "$BIN" "$root$BIN"
        mount -o remount,bind,ro "$root$BIN"
        hostname "$NAME" 2>/dev/null || :
        mount --rbind "$root" "$root"
        cd "$root"
        mkdir -p .outside
        pivot_root . .outside
        umount -l /.outside
        rmdir /.outside
        cd /
        exec /bin/sh -c 'echo ready; exec >/dev/null 2>&1; while :; do cat >/dev/null && exit; done'
        """;

    private Process? _first;
    private int _firstId;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var root = Environment.IsPrivilegedProcess;
        string[] map = root ? [] : ["--map-root-user"];
        var start = new ProcessStartInfo(settings.Unshare,
            ["--user", .. map, "--mount", "--pid", "--uts", "--fork", "/bin/sh", "-c", Setup])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = SandboxSettings.SystemPath;
        start.Environment["BUILD"] = Build;
        start.Environment["FOLDER"] = folder.Path;
        start.Environment["CLOUD"] = settings.CloudFolder;
        start.Environment["BIN"] = settings.Bin;
        start.Environment["NAME"] = Path.GetFileName(folder.Path);
        start.Environment["OWNED"] = root ? "" : "1";
        start.Environment["HIDDEN"] = string.Join('\n', settings.Hidden);
        start.Environment["READABLE"] = string.Join('\n', settings.Readable);
        _first = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        var errors = _first.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            if (!int.TryParse(await _first.StandardOutput.ReadLineAsync(limit.Token), CultureInfo.InvariantCulture, out _firstId))
                throw Failed(await errors);
            if (root)
                MapAllIds(_first.Id);
            await _first.StandardInput.WriteLineAsync("go".AsMemory(), limit.Token);
            await _first.StandardInput.FlushAsync(limit.Token);
            if (await _first.StandardOutput.ReadLineAsync(limit.Token) != "ready")
                throw Failed(await errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"no answer within {StartLimit.TotalSeconds} s", e);
        }
    }

    public HostProcess Run(string scriptName, string workingDirectory, HostOutput output) => HostProcess.Start(
        [
            settings.Nsenter, "--preserve-credentials", "--target", _firstId.ToString(CultureInfo.InvariantCulture),
            "--user", "--mount", "--pid", "--uts",
            "/bin/sh", "-c", "cd \"$1\" && exec \"$2\"", "sh", workingDirectory, $"{ScriptsInside}/{scriptName}",
        ],
        settings.Environment,
        output);

    public async ValueTask DisposeAsync()
    {
        if (_first is null)
            return;
        // unshare waits for the first process and ends with it.
        if (_firstId != 0 && !_first.HasExited)
            PosixProcess.Kill(_firstId);
        else if (!_first.HasExited)
            _first.Kill();
        using var limit = new CancellationTokenSource(EndLimit);
        await _first.WaitForExitAsync(limit.Token);
        _first.Dispose();
        _first = null;
    }

    /// <summary>
    /// Root may map every id, so that packages and scripts can give files to any user; another user gets the one id that it is.
    /// </summary>
    private static void MapAllIds(int processId)
    {
        foreach (var map in new[] { "uid_map", "gid_map" })
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{map}"), "0 0 4294967295\n");
    }

    private static CumulusException Failed(string reason, Exception? inner = null) =>
        new(ErrorIds.LocalCloudUnavailable, FailureKind.Unavailable, $"A host could not be isolated: {reason.Trim()}", inner);
}
