namespace Cumulus.Engine.Templates;

/// <summary>Reading of templates and what they name.</summary>
internal static class TemplateFiles
{
    /// <param name="what">Begins the message of an error.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.TemplateNotFound"/></exception>
    public static async Task<byte[]> ReadAsync(string path, string what, string? advice, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string why = e is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : $"cannot be read: {e.Message.TrimEnd('.')}";
            throw new CumulusException(ErrorIds.TemplateNotFound, FailureKind.NotFound, $"{what} {why}.", e) { Target = path, Advice = advice };
        }
    }
}
