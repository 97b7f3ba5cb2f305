namespace Realtime.Tests.Support;

/// <summary>
/// Programs that some tests need and a machine with only the SDK does not have. Without them those tests skip and say so;
/// where <c>REALTIME_TESTS_REQUIRE_ALL=1</c> is set (continuous integration), nothing may skip.
/// </summary>
internal static class Required
{
    public static bool Everything => Environment.GetEnvironmentVariable("REALTIME_TESTS_REQUIRE_ALL") == "1";

    /// <summary>Where on the path the first of these programs is.</summary>
    public static string? Find(params ReadOnlySpan<string> names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names)
        {
            foreach (var folder in folders)
            {
                var path = Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);
                if (File.Exists(path))
                {
                    return path;
                }
            }
        }

        return null;
    }

    /// <summary>Skips the running test, or fails it where everything is required, when something is missing.</summary>
    /// <param name="missing">What is missing, in words; null when nothing is.</param>
    public static void OrSkip(string? missing)
    {
        if (missing is null)
        {
            return;
        }

        if (Everything)
        {
            Assert.Fail($"{missing} (and REALTIME_TESTS_REQUIRE_ALL is set)");
        }

        Assert.Skip(missing);
    }
}
