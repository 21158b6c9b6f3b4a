using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Ghost;

/// <summary>All that an image comes out of. Equal recipes give equal images, so that the second bake is none.</summary>
/// <param name="SourceAmi">Resolved: the id of the image that it begins with.</param>
/// <param name="Fields">As <see cref="EffectRules"/> has them for <see cref="EffectArea.Image"/>.</param>
/// <param name="Steps">What is run, with all scripts in it.</param>
public sealed record ImageRecipe(string SourceAmi, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<ImageStep> Steps)
{
    // Where copies go and who may use them says nothing about the content.
    private static readonly string[] NotContent = ["build_infos.copy_regions", "build_infos.share_accounts", "build_infos.source_ami", "build_infos.instance_type", "build_infos.instance_profile", "build_infos.subnet_id", "vpc_id"];

    public static ImageRecipe Of(GhostApplication application, string sourceAmi) =>
        new(sourceAmi, EffectRules.FieldsOf(application, EffectArea.Image, module: null), FeaturePlan.Of(application));

    /// <summary>SHA-256 over source, fields, steps and the version of Cumulus, as 64 hexadecimal digits.</summary>
    public string Digest
    {
        get
        {
            var text = new StringBuilder($"{SourceAmi}\n{BundleBuilder.Tool}\n");
            foreach ((string field, string value) in Fields.Where(f => !NotContent.Any(n => f.Key.StartsWith(n, StringComparison.Ordinal))).OrderBy(f => f.Key, StringComparer.Ordinal)) text.Append(field).Append('=').Append(value).Append('\n');
            foreach (ImageStep step in Steps) text.Append('[').Append(step.Title).Append("]\n").AppendJoin('\n', step.Lines).Append('\n');
            return Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }
    }
}
