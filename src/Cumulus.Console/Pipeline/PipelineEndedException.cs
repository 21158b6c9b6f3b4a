namespace Cumulus.Console.Pipeline;

/// <summary>An error that was shown already ends the line (<c>-ErrorAction Stop</c>): it passes through every cmdlet of it.</summary>
internal sealed class PipelineEndedException() : Exception("The command was ended by an error that was shown before.");
