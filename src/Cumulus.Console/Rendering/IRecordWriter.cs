namespace Cumulus.Console.Rendering;

/// <summary>Shows the records that come out of a line.</summary>
internal interface IRecordWriter
{
    void Write(object? record);

    /// <summary>None came for a while: what was held back only for the looks of it is shown.</summary>
    void Settle();

    /// <summary>No more records come: whatever is held back is shown now.</summary>
    void Complete();
}
