namespace Cumulus.Engine.Pipelines;

/// <summary>Finds out from the environment which build service runs this process.</summary>
public static class PipelineDetection
{
    /// <summary>A session that shall not speak to its build service has this variable: any value but empty and 0.</summary>
    public const string OffVariable = "CUMULUS_NO_CI";

    /// <summary>Null where a person, or an unknown service, runs this.</summary>
    /// <param name="variable">Value of an environment variable; null when it is not set.</param>
    public static IPipelineFormat? Find(Func<string, string?> variable)
    {
        if (variable(OffVariable) is { Length: > 0 } off && off != "0") return null;

        // https://docs.github.com/en/actions/reference/variables-reference: always true there.
        if (IsTrue(variable("GITHUB_ACTIONS")))
        {
            return new GitHubActionsFormat(NotEmpty(variable("GITHUB_STEP_SUMMARY")), NotEmpty(variable("GITHUB_OUTPUT")), () => $"cumulus-{Guid.NewGuid():N}");
        }

        // https://learn.microsoft.com/azure/devops/pipelines/build/variables: TF_BUILD, and a folder that is emptied after each job.
        if (!IsTrue(variable("TF_BUILD"))) return null;
        string folder = NotEmpty(variable("AGENT_TEMPDIRECTORY")) ?? Path.GetTempPath();
        return new AzurePipelinesFormat(() => Path.Combine(folder, $"cumulus-{Guid.NewGuid():N}.md"));
    }

    private static bool IsTrue(string? value) => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    private static string? NotEmpty(string? value) => value is { Length: > 0 } ? value : null;
}
