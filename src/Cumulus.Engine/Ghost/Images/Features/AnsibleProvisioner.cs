using System.Text.Json.Nodes;

namespace Cumulus.Engine.Ghost;

/// <summary>
/// <c>ansible</c>: each feature is a role, run by ansible-playbook on the build instance itself. <c>parameters.source</c> says where galaxy gets the role
/// (a name of galaxy's, or git's address); other parameters are the role's variables, and an old <c>key=value</c> is one of them.
/// </summary>
internal sealed class AnsibleProvisioner : IFeatureProvisioner
{
    private const string Folder = "/var/lib/cumulus/ansible";

    public string Name => "ansible";

    public IEnumerable<ImageStep> Steps(IReadOnlyList<GhostFeature> features, GhostApplication application)
    {
        JsonObject[] requirements = [.. features.Where(f => f.ParameterNode?["source"] is not null).Select(Requirement)];
        string playbook = new JsonArray(new JsonObject
        {
            ["hosts"] = "localhost",
            ["connection"] = "local",
            ["become"] = true,
            ["roles"] = new JsonArray([.. features.Select(Role)]),
        }).ToJsonString();

        // G-35: a role that galaxy was not asked for and that is not on the image is told by its name.
        string[] expected = [.. features.Select(f => f.Name).Distinct()];
        yield return new ImageStep(
            $"ansible roles {string.Join(", ", expected)}",
            [
                BuildShell.Strict,
                "command -v ansible-playbook >/dev/null || { echo 'ansible-playbook is not on the source image: install it in pre_buildimage, or by a feature of provisioner package.' >&2; exit 1; }",
                $"mkdir -p {Folder}/roles",
                $"cd {Folder}",
                "export ANSIBLE_ROLES_PATH=$PWD/roles:/etc/ansible/roles:/usr/share/ansible/roles",
                .. requirements.Length == 0
                    ? Array.Empty<string>()
                    : [BuildShell.Write("requirements.yml", new JsonArray([.. requirements]).ToJsonString()), "ansible-galaxy role install -r requirements.yml -p roles --force"],
                .. expected.Select(role =>
                    $"test -d roles/{BuildShell.Quote(application, role)} || test -d /etc/ansible/roles/{BuildShell.Quote(application, role)} || test -d /usr/share/ansible/roles/{BuildShell.Quote(application, role)} || {{ echo {BuildShell.Quote(application, $"There is no Ansible role '{role}': give parameters.source, or put it on the source image.")} >&2; exit 1; }}"),
                BuildShell.Write("playbook.yml", playbook),
                "ansible-playbook -i localhost, playbook.yml",
            ]);
    }

    private static JsonObject Requirement(GhostFeature feature)
    {
        var requirement = new JsonObject { ["name"] = feature.Name, ["src"] = feature.ParameterNode!["source"]!.ToString() };
        if (feature.Version is { } version && !version.Contains('=', StringComparison.Ordinal)) requirement["version"] = version;
        return requirement;
    }

    private static JsonObject Role(GhostFeature feature)
    {
        var role = new JsonObject { ["role"] = feature.Name };
        foreach ((string name, JsonNode? value) in feature.ParameterNode ?? [])
        {
            if (name != "source") role[name] = value?.DeepClone();
        }

        if (feature.Version?.Split('=', 2) is [{ Length: > 0 } key, var text]) role[key] = text;
        return role;
    }
}
