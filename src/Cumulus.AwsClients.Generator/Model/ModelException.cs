using System;

namespace Cumulus.AwsClients.Generator.Model;

/// <summary>A model that no client can be made from. The generator reports it as a diagnostic at the model file.</summary>
internal sealed class ModelException(string message) : Exception(message);
