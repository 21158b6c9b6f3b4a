using System.Collections;
using System.Globalization;
using Cumulus.Engine;
using Cumulus.Engine.Aws;

namespace Cumulus.PowerShell;

/// <summary>What the user says about storage, checked before anything is sent.</summary>
internal static class StorageParameters
{
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
    private const int MaximumTags = 10;
    private const int MaximumTagName = 128;
    private const int MaximumTagValue = 256;

    /// <exception cref="CumulusException"><see cref="ErrorIds.StorageOptionInvalid"/></exception>
    public static StorageOptions Read(string? storageClass, string? encryption, string? kmsKeyId, Hashtable? tags)
    {
        if (kmsKeyId is not null && encryption == "AES256")
        {
            throw Invalid("-KmsKeyId goes with KMS, and -ServerSideEncryption AES256 has no key of yours.", kmsKeyId, "Give aws:kms or aws:kms:dsse, or leave -ServerSideEncryption out.");
        }

        return new StorageOptions
        {
            StorageClass = storageClass,
            ServerSideEncryption = encryption ?? (kmsKeyId is null ? null : "aws:kms"),
            KmsKeyId = kmsKeyId,
            Tags = Tags(tags),
        };
    }

    private static Dictionary<string, string> Tags(Hashtable? tags)
    {
        var result = new Dictionary<string, string>();
        foreach (DictionaryEntry tag in tags ?? [])
        {
            (string name, string value) = (Text(tag.Key), Text(tag.Value));
            if (name.Length is 0 or > MaximumTagName || value.Length > MaximumTagValue)
            {
                throw Invalid($"The tag '{name}' is none that S3 takes.", name, $"A name has 1 to {MaximumTagName} characters, a value up to {MaximumTagValue}.");
            }

            result[name] = value;
        }

        return result.Count <= MaximumTags ? result : throw Invalid($"There are {result.Count} tags; S3 takes {MaximumTags}.", result.Count, "Leave some out.");
    }

    private static CumulusException Invalid(string message, object target, string advice) =>
        new(ErrorIds.StorageOptionInvalid, FailureKind.InvalidInput, message) { Target = target, Advice = advice };

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
