namespace Cumulus.Engine.Ghost;

/// <summary><c>script</c>: the text in <c>parameters.script</c>, bash or PowerShell.</summary>
internal sealed class ScriptProvisioner : IFeatureProvisioner
{
    public string Name => "script";

    public IEnumerable<ImageStep> Steps(IReadOnlyList<GhostFeature> features, GhostApplication application)
    {
        foreach (GhostFeature feature in features)
        {
            if (feature.ParameterNode?["script"]?.ToString() is not { Length: > 0 } text) throw new FeatureException(feature.Name, "parameters.script, the text of the script, is missing.");
            yield return new ImageStep($"script {feature.Name}", BuildShell.Script(application, "feature", new GhostScript(text)));
        }
    }
}
