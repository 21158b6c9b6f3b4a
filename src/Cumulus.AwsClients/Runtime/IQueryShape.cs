namespace Cumulus.AwsClients;

/// <summary>Goes into a form-encoded request.</summary>
internal interface IQueryShape
{
    /// <param name="p">What stands before the name of every member; empty for the request itself.</param>
    void Write(QueryWriter w, string p);
}
