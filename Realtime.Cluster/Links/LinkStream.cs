using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Realtime.Cluster.Links;

/// <summary>One TCP connection between two nodes, and how long ago something was heard on it.</summary>
internal sealed class LinkStream : IAsyncDisposable
{
    private readonly ConnectionContext _connection;
    private readonly TimeProvider _time;
    private readonly Action _closed;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _watch;
    private string? _why;
    private long _heard;

    public LinkStream(ConnectionContext connection, TimeProvider time, Action closed)
    {
        _connection = connection;
        _time = time;
        _closed = closed;
    }

    public PipeReader Input => _connection.Transport.Input;

    public PipeWriter Output => _connection.Transport.Output;

    /// <summary>Why it ended, for the log.</summary>
    public string Why => Volatile.Read(ref _why) ?? "the peer closed it";

    /// <summary>The peer has shown that its side stands. Guarded by the lock of the <see cref="Peer"/>.</summary>
    public bool IsReady { get; set; }

    /// <summary>Nothing of it will be delivered any more.</summary>
    public Task Ended => _ended.Task;

    public void HasEnded() => _ended.TrySetResult();

    /// <summary>Ends it without regard for what is under way. The first reason is kept.</summary>
    public void Abort(string why)
    {
        Interlocked.CompareExchange(ref _why, why, null);
        _connection.Abort(new ConnectionAbortedException(why));
    }

    public void Heard() => Volatile.Write(ref _heard, _time.GetTimestamp());

    /// <summary>Looks at intervals whether anything was heard: a peer that was cut off does not close its end.</summary>
    public void Watch(TimeSpan every, TimeSpan most, Action? beat)
    {
        Heard();
        _watch = _time.CreateTimer(
            _ =>
            {
                if (_time.GetElapsedTime(Volatile.Read(ref _heard)) >= most)
                {
                    Abort($"nothing was heard for {most.TotalSeconds:0.#} s");
                }

                beat?.Invoke();
            },
            null, every, every);
    }

    /// <summary>For the handshake: one message, sent at once.</summary>
    public async Task SayAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Output.GetSpan(LinkFraming.PrefixBytes), message.Length);
        Output.Advance(LinkFraming.PrefixBytes);
        await Output.WriteAsync(message, cancellation).ConfigureAwait(false);
    }

    /// <summary>For the handshake: one message.</summary>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="most"/>.</exception>
    public async Task<byte[]> HearAsync(int most, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await Input.ReadAsync(cancellation).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (LinkFraming.TryTake(ref buffer, most, out var message))
            {
                var bytes = message.ToArray();
                Input.AdvanceTo(buffer.Start);
                return bytes;
            }

            Input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                throw new IOException("the connection was closed during the handshake");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
        _closed();
    }
}
