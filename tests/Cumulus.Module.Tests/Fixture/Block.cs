namespace Cumulus.Fixture;

public enum Block
{
    Begin,
    Process,
    End,
}
