using System.Net;
using System.Text;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>
/// Takes the signals that are put to the addresses of wait handles, as AWS does without a signature of the sender's own
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html).
/// </summary>
internal sealed class WaitHandles(StackEngine engine)
{
    public const string Prefix = "/_wait/";

    public static bool IsSignal(HttpListenerRequest request) => request.HttpMethod == "PUT" && request.Url!.AbsolutePath.StartsWith(Prefix, StringComparison.Ordinal);

    public Answer Answer(byte[] body, string path)
    {
        try
        {
            var signal = TemplateReader.Read(Encoding.UTF8.GetString(body));
            var (status, id) = (TemplateValue.Text(signal, "Status"), TemplateValue.Text(signal, "UniqueId"));
            if (status is not ("SUCCESS" or "FAILURE") || string.IsNullOrEmpty(id))
                return Plain(HttpStatusCode.BadRequest, "A signal has a Status (SUCCESS or FAILURE), a UniqueId, a Reason and Data.");
            var text = TemplateValue.Text(signal, status == "SUCCESS" ? "Data" : "Reason") ?? "";
            engine.Waits.Send(path[Prefix.Length..], id, status == "SUCCESS", text);
            return Plain(HttpStatusCode.OK, "");
        }
        catch (TemplateException e)
        {
            return Plain(HttpStatusCode.BadRequest, e.Message);
        }
    }

    private static Answer Plain(HttpStatusCode status, string text) => new(status, "text/plain", Encoding.UTF8.GetBytes(text));
}
