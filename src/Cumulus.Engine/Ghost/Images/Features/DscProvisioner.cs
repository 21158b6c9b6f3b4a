namespace Cumulus.Engine.Ghost;

/// <summary><c>dsc</c>: a configuration document of Desired State Configuration v3 in <c>parameters.document</c>, as JSON or as a mapping, set by dsc.exe on the build instance.</summary>
internal sealed class DscProvisioner : IFeatureProvisioner
{
    public string Name => "dsc";

    public IEnumerable<ImageStep> Steps(IReadOnlyList<GhostFeature> features, GhostApplication application)
    {
        foreach (GhostFeature feature in features)
        {
            if (feature.ParameterNode?["document"] is not { } document) throw new FeatureException(feature.Name, "parameters.document, the configuration, is missing.");
            string text = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(document is System.Text.Json.Nodes.JsonValue value ? value.ToString() : document.ToJsonString()));
            yield return new ImageStep(
                $"dsc {feature.Name}",
                [
                    "$ErrorActionPreference = 'Stop'",
                    "if (-not (Get-Command dsc.exe -ErrorAction Ignore)) { Write-Error 'dsc.exe is not on the source image: install it by a feature of provisioner package.' }",
                    $"[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{text}')) | dsc.exe config set --file -",
                    "exit $LASTEXITCODE",
                ]);
        }
    }
}
