namespace Cumulus.Console.Rendering;

/// <summary>Shows the records that come out of a line.</summary>
internal interface IRecordWriter
{
    void Write(object? record);

    /// <summary>No more records come: whatever is held back is shown now.</summary>
    void Complete();
}
