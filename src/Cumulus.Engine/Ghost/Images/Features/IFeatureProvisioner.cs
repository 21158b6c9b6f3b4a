namespace Cumulus.Engine.Ghost;

/// <summary>A way to put features into an image. A new one is one class, in the list of <see cref="FeaturePlan"/>.</summary>
internal interface IFeatureProvisioner
{
    /// <summary>As the definition names it.</summary>
    string Name { get; }

    /// <summary>What is to be run for these features, which are all of this provisioner, in their order. Pure.</summary>
    /// <exception cref="FeatureException">A feature says something that this provisioner cannot do, or lacks something.</exception>
    IEnumerable<ImageStep> Steps(IReadOnlyList<GhostFeature> features, GhostApplication application);
}

/// <summary>A feature that cannot be carried out.</summary>
internal sealed class FeatureException(string feature, string message)
    : CumulusException(ErrorIds.FeatureInvalid, FailureKind.InvalidInput, $"Feature '{feature}': {message}");
