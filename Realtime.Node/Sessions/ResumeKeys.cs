using Akka.Actor;
using Realtime.Node.Persistence;

namespace Realtime.Node.Sessions;

/// <summary>The keys of the resume tokens, from their log. Every node and every restart reads the same ones.</summary>
public static class ResumeKeys
{
    public const int KeyBytes = 32;

    /// <summary>
    /// The keys by their ids; the highest id signs. The first node of a store makes the first key: of several that try, the log lets one
    /// append,
    /// and the others read its key. Tries until the store answers.
    /// </summary>
    /// <param name="settings">With <see cref="LogKind.Keys"/>.</param>
    public static async Task<IReadOnlyDictionary<byte, byte[]>> ReadOrCreateAsync(
        ActorSystem system, EventLogSettings settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        var found = new TaskCompletionSource<IReadOnlyDictionary<byte, byte[]>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = system.ActorOf(ResumeKeysActor.Props(settings, found));
        try
        {
            return await found.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            system.Stop(actor);
        }
    }
}
