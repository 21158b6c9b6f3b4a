using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Messaging;

/// <summary>
/// What is sent by SES (https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html) and SNS (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html)
/// is taken or refused by moto, and what is taken lies in the mailbox: <c>.eml</c> and <c>.sns.json</c>.
/// </summary>
internal sealed class MessagingApi(MotoClient moto, Mailbox mailbox, TimeProvider time) : IPlayedService
{
    public bool Handles(AwsCall call) => (call.Service, call.Operation) is ("ses", "SendEmail" or "SendRawEmail") or ("sns", "Publish");

    public async Task<XElement> AnswerAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync(
            call.Service, call.Region, call.Operation!, call.Form.Where(pair => pair.Key is not ("Action" or "Version")).Select(pair => (pair.Key, pair.Value)), cancellationToken);
        var id = answer.Descendants("MessageId").FirstOrDefault()?.Value ?? "";
        var request = FormTree.Parse(call.Form);
        switch (call.Operation)
        {
            case "SendEmail":
                mailbox.Deliver("eml", Mail(request, id));
                break;
            case "SendRawEmail":
                mailbox.Deliver("eml", Convert.FromBase64String(TemplateValue.Text(TemplateValue.Child(request, "RawMessage"), "Data") ?? ""));
                break;
            default:
                mailbox.Deliver("sns.json", JsonSerializer.Serialize(new
                {
                    MessageId = id,
                    TopicArn = TemplateValue.Text(request, "TopicArn") ?? TemplateValue.Text(request, "TargetArn"),
                    Subject = TemplateValue.Text(request, "Subject"),
                    Message = TemplateValue.Text(request, "Message"),
                }));
                break;
        }
        return answer;
    }

    /// <summary>The mail as SES would write it; with both bodies, the readers choose.</summary>
    private string Mail(JsonObject request, string id)
    {
        var (destination, message) = (TemplateValue.Child(request, "Destination"), TemplateValue.Child(request, "Message"));
        var mail = new StringBuilder();
        Header("Message-ID", $"<{id}@email.amazonses.com>");
        Header("Date", time.GetUtcNow().ToString("r", CultureInfo.InvariantCulture));
        Header("From", TemplateValue.Text(request, "Source"));
        Header("To", Join("ToAddresses"));
        Header("Cc", Join("CcAddresses"));
        Header("Bcc", Join("BccAddresses"));
        Header("Reply-To", string.Join(", ", TemplateValue.Texts(request["ReplyToAddresses"])));
        Header("Subject", TemplateValue.Text(TemplateValue.Child(message, "Subject"), "Data")?.ReplaceLineEndings(" "));
        Header("MIME-Version", "1.0");
        var body = TemplateValue.Child(message, "Body");
        var parts = new[] { ("plain", "Text"), ("html", "Html") }
            .Select(part => (Type: part.Item1, Text: TemplateValue.Text(TemplateValue.Child(body, part.Item2), "Data"))).Where(part => part.Text is not null).ToList();
        var boundary = $"part-{id}";
        if (parts.Count > 1)
            Header("Content-Type", $"multipart/alternative; boundary=\"{boundary}\"");
        foreach (var (type, text) in parts)
        {
            if (parts.Count > 1)
                mail.Append(CultureInfo.InvariantCulture, $"\r\n--{boundary}\r\n");
            mail.Append(CultureInfo.InvariantCulture, $"Content-Type: text/{type}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n");
        }
        if (parts.Count > 1)
            mail.Append(CultureInfo.InvariantCulture, $"\r\n--{boundary}--\r\n");
        return mail.ToString();

        string Join(string name) => string.Join(", ", TemplateValue.Texts(TemplateValue.Child(destination, name)));

        void Header(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                mail.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }
    }
}
