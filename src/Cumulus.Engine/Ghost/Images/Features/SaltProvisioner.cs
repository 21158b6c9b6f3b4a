using System.Text.Json.Nodes;

namespace Cumulus.Engine.Ghost;

/// <summary>
/// <c>salt</c>: masterless states with a pillar, as Ghost had it: each feature's name is a state; <c>key=value</c> in the version appends to the list <c>key</c> of the state's pillar, another text is its
/// <c>version</c>; parameters are put beside. The states lie on the source image in /srv/salt, or come from <c>parameters.source</c>, an address of git's.
/// </summary>
internal sealed class SaltProvisioner : IFeatureProvisioner
{
    private const string Folder = "/var/lib/cumulus/salt";

    public string Name => "salt";

    public IEnumerable<ImageStep> Steps(IReadOnlyList<GhostFeature> features, GhostApplication application)
    {
        string[] states = [.. features.Select(f => f.Name).Distinct()];
        string[] sources = [.. features.Select(f => f.ParameterNode?["source"]?.ToString()).OfType<string>().Distinct()];
        if (sources.Length > 1) throw new FeatureException(features[0].Name, $"all states come from one source, and there are {sources.Length}.");
        if (sources is [['-', ..]]) throw new FeatureException(features[0].Name, "the source is no address of git's.");
        string root = sources.Length == 0 ? "/srv/salt" : $"{Folder}/states";
        yield return new ImageStep(
            $"salt states {string.Join(", ", states)}",
            [
                BuildShell.Strict,
                "command -v salt-call >/dev/null || { echo 'salt-call is not on the source image: install it in pre_buildimage, or by a feature of provisioner package.' >&2; exit 1; }",
                $"mkdir -p {Folder}/pillar",
                .. sources.Length == 0 ? Array.Empty<string>() : [$"rm -rf {root}", $"git clone --quiet --depth 1 -- {BuildShell.Quote(application, sources[0])} {root}"],
                BuildShell.Write($"{Folder}/pillar/top.sls", """{"base":{"*":["features"]}}"""),
                BuildShell.Write($"{Folder}/pillar/features.sls", Pillar(features).ToJsonString()),
                $"salt-call --local --retcode-passthrough --file-root={root} --pillar-root={Folder}/pillar state.apply {BuildShell.Quote(application, string.Join(',', states))}",
                $"rm -rf {Folder}",
            ]);
    }

    private static JsonObject Pillar(IReadOnlyList<GhostFeature> features)
    {
        var pillar = new JsonObject();
        foreach (GhostFeature feature in features)
        {
            JsonObject own = (pillar[feature.Name] ??= new JsonObject()).AsObject();
            foreach ((string name, JsonNode? value) in feature.ParameterNode ?? [])
            {
                if (name != "source") own[name] = value?.DeepClone();
            }

            if (feature.Version?.Split('=', 2) is [{ Length: > 0 } key, var text]) (own[key] as JsonArray ?? (JsonArray)(own[key] = new JsonArray())!).Add(text);
            else if (feature.Version is { } version) own["version"] = version;
        }

        return pillar;
    }
}
