using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>What all operations share.</summary>
/// <param name="Pace">How long each step of a resource takes; the time in which a client can see its state.</param>
/// <param name="Types">The maker for a known type.</param>
/// <param name="Changed">Called with a region when things in it have changed.</param>
/// <param name="End">Cancelled when the cloud ends.</param>
internal sealed record StackServices(
    MotoClient Moto, TimeProvider Time, TimeSpan Pace, StackFaultSchedule Faults, Func<string, ResourceType> Types, ExportTable Exports, Action<string> Changed, CancellationToken End);
