namespace Realtime.Client;

/// <summary>One open link to a node. The client reads from one task and writes from one other; it disposes it in the end.</summary>
public interface ILink : IAsyncDisposable
{
    /// <summary>The close code that the other side gave; null while open, or when it gave none.</summary>
    int? CloseCode { get; }

    /// <summary>Sends one whole frame (UTF-8 JSON).</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation);

    /// <summary>
    /// Waits for the next message: one frame, or a JSON array of frames. The memory belongs to the caller for good.
    /// Null when the other side closed the link; an exception when it broke.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellation);

    /// <summary>Says that nothing more will be sent, with a close code. <see cref="ReceiveAsync"/> then runs to its end.</summary>
    ValueTask CloseAsync(int code, CancellationToken cancellation);

    /// <summary>
    /// Takes what to call whenever the other side shows life below whole messages: bytes of a message came, or it has taken bytes that had to wait.
    /// A link that calls it outlives messages that take longer than the server's silence. Called once, before anything is read or sent.
    /// </summary>
    void OnProgress(Action report)
    {
    }
}
