namespace Cumulus.Console.CommandLine;

/// <summary>One piece of a command line.</summary>
/// <param name="Text">The piece as a program would be given it, and as messages show it.</param>
public abstract record Token(string Text);

/// <summary>Between two commands.</summary>
public sealed record PipeToken() : Token("|");

/// <summary><c>--</c>: what follows are values, whatever they look like.</summary>
public sealed record EndOfParametersToken() : Token("--");

/// <summary>A word that starts with a dash: a parameter, or the value of the parameter before it; the binder decides.</summary>
/// <param name="Name">Without the dash and without the colon.</param>
/// <param name="Attached">What stood after the colon of <c>-Name:value</c>.</param>
/// <param name="Text">The whole word.</param>
public sealed record ParameterToken(string Name, Argument? Attached, string Text) : Token(Text);

/// <summary>A value.</summary>
public sealed record ValueToken(Argument Argument) : Token(Argument.Text);
