using System.Globalization;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// Gives each host a loopback address of its own, so that all can serve on the same port. Only Linux has all of 127.0.0.0/8 on
/// its loopback interface; elsewhere every host gets 127.0.0.1.
/// </summary>
/// <param name="first">Where to begin: two clouds on one machine should not begin at the same address.</param>
internal sealed class LoopbackAddresses(bool wholeNetwork, int first)
{
    private const int Hosts = 254;

    private int _given;

    public string Next()
    {
        if (!wholeNetwork)
            return "127.0.0.1";
        var n = Interlocked.Increment(ref _given) - 1;
        return string.Create(CultureInfo.InvariantCulture, $"127.77.{(first + (n / Hosts)) % 256}.{1 + (n % Hosts)}");
    }
}
