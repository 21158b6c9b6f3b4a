using System.Collections.Generic;

namespace Cumulus.AwsClients.Generator.Model;

internal sealed class Operation(string name)
{
    public string Name { get; } = name;

    public Shape? Input { get; set; }

    public Shape? Output { get; set; }

    /// <summary>Query protocol: the element around the output.</summary>
    public string? ResultWrapper { get; set; }

    /// <summary>The response's one property that holds the whole output; null when the response has the output's members itself.</summary>
    public string? WrapProperty { get; set; }

    public bool HasOverloadWithoutArgument { get; set; }

    public Paginator? Paginator { get; set; }

    public string Request => Name + "Request";

    public string Response => Name + "Response";
}

internal sealed class Paginator(Member inputToken, Member outputToken, Member? moreResults, IReadOnlyList<Member> results)
{
    public Member InputToken { get; } = inputToken;

    public Member OutputToken { get; } = outputToken;

    /// <summary>Flag that says whether there is a further page, where the token alone does not tell.</summary>
    public Member? MoreResults { get; } = moreResults;

    public IReadOnlyList<Member> Results { get; } = results;
}
