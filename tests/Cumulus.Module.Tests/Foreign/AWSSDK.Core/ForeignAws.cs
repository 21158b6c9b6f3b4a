namespace Foreign;

public static class ForeignAws
{
    public static string Name => "foreign aws";
}
