using System.Collections.Generic;

namespace Cumulus.AwsClients.Generator.Model;

internal enum Protocol
{
    Query,
    Ec2,
    Json,
}

/// <summary>One trimmed service model: what <c>trim.py</c> wrote, checked and linked.</summary>
internal sealed class ServiceModel
{
    /// <summary>Such as <c>Amazon.SimpleEmail</c>.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>The middle of <c>AmazonSimpleEmailServiceClient</c>.</summary>
    public string ClassName { get; set; } = "";

    public Protocol Protocol { get; set; }

    public string ApiVersion { get; set; } = "";

    public string EndpointPrefix { get; set; } = "";

    public string SigningName { get; set; } = "";

    public string ServiceId { get; set; } = "";

    /// <summary>JSON protocol only: what stands before the operation in <c>X-Amz-Target</c>.</summary>
    public string? TargetPrefix { get; set; }

    /// <summary>JSON protocol only: 1.0 or 1.1.</summary>
    public string? JsonVersion { get; set; }

    /// <summary>Error codes on which a call is repeated as throttled, besides those that AWSSDK.Core knows.</summary>
    public IReadOnlyList<string> ThrottlingCodes { get; set; } = [];

    /// <summary>FIPS endpoints have <c>-fips</c> in GovCloud too, where the plain names of other services are FIPS endpoints.</summary>
    public bool HasFipsNameInGovCloud { get; set; }

    /// <summary>JSON protocol only: a header may carry the error code that the service had when it spoke AWS Query.</summary>
    public bool IsQueryCompatible { get; set; }

    public IReadOnlyList<Operation> Operations { get; set; } = [];

    public IReadOnlyList<Shape> Shapes { get; set; } = [];
}
