namespace Realtime.Bench.Servers;

/// <summary>Programs that some scenarios need; what <c>PostgresServer</c>, whose source is the tests' own, asks of its surroundings.</summary>
internal static class Required
{
    /// <summary>Where on the path the program is.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <param name="missing">What is missing, in words; null when nothing is. A benchmark has nothing to go on with then.</param>
    public static void OrSkip(string? missing)
    {
        if (missing is not null)
            throw new BenchFailedException(missing + "; every other scenario runs without");
    }
}
