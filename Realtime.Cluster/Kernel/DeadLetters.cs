namespace Realtime.Cluster.Kernel;

/// <summary>Counts messages nobody took. A number that grows is a bug or a shutdown.</summary>
public static class DeadLetters
{
    private static long _total;

    public static long Total => Volatile.Read(ref _total);

    public static void Count() => Interlocked.Increment(ref _total);
}
