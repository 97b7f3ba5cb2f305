namespace Realtime.Tests;

/// <summary>Where the sources of this repository are, for tests that read them.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Realtime.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("Realtime.sln is in no directory above the tests");
    }
}
