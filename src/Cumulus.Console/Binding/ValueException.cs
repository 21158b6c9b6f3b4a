namespace Cumulus.Console.Binding;

/// <summary>A value does not fit a parameter; the message says why, and the binder adds which parameter it was.</summary>
internal sealed class ValueException(string message) : Exception(message);
