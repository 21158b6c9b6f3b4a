using System.Globalization;
using System.Text;

namespace Cumulus.LocalCloud.Messaging;

/// <summary>The folder that mails and notifications are delivered into, a file each; names sort by the time of sending.</summary>
internal sealed class Mailbox(CloudFolder folder, TimeProvider time)
{
    private int _count;

    public void Deliver(string ending, byte[] content)
    {
        PrivateFiles.CreateFolder(folder.Mailbox);
        var name = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().UtcDateTime:yyyyMMddTHHmmssfff}Z-{Interlocked.Increment(ref _count):00000}.{ending}");
        var draft = Path.Combine(folder.Mailbox, "." + name);
        using (var stream = PrivateFiles.Create(draft))
            stream.Write(content);
        File.Move(draft, Path.Combine(folder.Mailbox, name));
    }

    public void Deliver(string ending, string content) => Deliver(ending, Encoding.UTF8.GetBytes(content));
}
