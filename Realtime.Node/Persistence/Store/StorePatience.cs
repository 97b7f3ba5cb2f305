namespace Realtime.Node.Persistence.Store;

/// <summary>A store that is away for a moment, because its server is being started again, ends no start of a node.</summary>
internal static class StorePatience
{
    /// <summary>How long a start waits for the store.</summary>
    public static readonly TimeSpan OfStart = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Tries again until it succeeds, the time is over, or what went wrong will not pass.</summary>
    public static async Task<T> TryAsync<T>(
        Func<Task<T>> attempt, Func<Exception, bool> passes, TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested && passes(e) && time.GetElapsedTime(start) < patience)
            {
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }

    /// <summary>Of a store that has been reached before.</summary>
    public static bool IsOutOfReach(Exception failure) => StoreFailures.KindOf(failure) is StoreFailureKind.OutOfReach;
}
