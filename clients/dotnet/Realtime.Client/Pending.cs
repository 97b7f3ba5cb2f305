using System.Text.Json;
using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>A request with somebody waiting for its answer.</summary>
internal sealed class Pending<T>(RequestKind kind, string? channel, bool exactlyOnce, Func<long, long, ReadOnlyMemory<byte>> write, Func<JsonElement, T> read)
    : Request(kind, channel, exactlyOnce, write), IPending
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _answer.Task;

    public void Answer(JsonElement body)
    {
        try
        {
            _answer.TrySetResult(read(body));
        }
        catch (Protocol.FrameException fault)
        {
            _answer.TrySetException(new RealtimeException(new Fault(ErrorCodes.Internal, "The answer cannot be read.", Outcome.Unknown), fault));
        }
    }

    public void Refuse(Fault fault) => _answer.TrySetException(new RealtimeException(fault));

    public void Cancel(CancellationToken cancellation) => _answer.TrySetCanceled(cancellation);
}
