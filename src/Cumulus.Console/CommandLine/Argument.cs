namespace Cumulus.Console.CommandLine;

/// <summary>A value as it was given, before anybody knows the type that is wanted.</summary>
public abstract record Argument(string Text);

/// <summary>
/// A value out of a quoted line, where the syntax says what it is: a <see cref="string"/>, a <see cref="bool"/>, a number,
/// null, a list (<c>object?[]</c>) or a <see cref="System.Collections.Hashtable"/>.
/// </summary>
public sealed record LiteralArgument(string Text, object? Value) : Argument(Text);

/// <summary>
/// One argument of the process. The shell took its quotes away, so only the type of the parameter can tell
/// <c>a,b</c> the list from <c>a,b</c> the text.
/// </summary>
public sealed record ShellArgument(string Text) : Argument(Text);
