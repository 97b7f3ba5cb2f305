using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Api.Door;
using Realtime.Node.Asking;
using Realtime.Node.Publishing;

namespace Realtime.Node.Api.Publishing;

/// <summary>
/// Publishes a stream of lines, each a message (NDJSON). So many of them are under way at a time, and the body is read no faster: its sender feels it. Lines of one channel are published in their
/// order; a line that is wrong is told by its number and stops nothing.
/// </summary>
/// <param name="results">Results of lines as they come; null: only those that failed are kept, for the end.</param>
internal sealed class Ingest(Publisher publisher, IPublishScheduler scheduler, ApiCaller caller, int mostLine, ChannelWriter<Ingest.LineResult>? results) : IPublishWaiter
{
    public const int MostFaults = 1000;
    private const int Window = 4096;
    private const long WindowBytes = 4 * 1024 * 1024;
    private readonly Lock _lock = new();
    private readonly List<LineResult> _faults = [];
    private TaskCompletionSource? _room;
    private int _open;
    private int _untaken;
    private long _openBytes;
    private bool _isEnding;
    private bool _isFull;

    public readonly record struct LineResult(int Line, PublishResult Result);

    public int Lines { get; private set; }

    public int Published { get; private set; }

    public int Failed { get; private set; }

    /// <summary>In the order of lines; at most <see cref="MostFaults"/>.</summary>
    public IReadOnlyList<LineResult> Faults => [.. _faults.OrderBy(fault => fault.Line)];

    public async Task RunAsync(PipeReader body, CancellationToken cancellation)
    {
        var orders = new List<PublishOrder>();
        var skips = false;
        while (true)
        {
            var read = await body.ReadAsync(cancellation).ConfigureAwait(false);
            var before = Lines;
            var rest = read.Buffer;
            while (TakeUntilFull(ref rest, orders, ref skips))
            {
                publisher.Send(orders);
                orders = [];
                await RoomAsync(cancellation).ConfigureAwait(false);
            }

            if (read.IsCompleted && !rest.IsEmpty && !skips)
            {
                Line(rest, orders);
                rest = rest.Slice(rest.End);
            }

            if (rest.Length > mostLine && !skips)
            {
                // Its end is not looked for with all of it in memory.
                skips = true;
                Fail(++Lines, new RequestFault(ErrorCode.TooLarge, $"A line has at most {mostLine} bytes.", null));
            }

            caller.Budget?.Owe(Lines - before, read.Buffer.Length - (skips ? 0 : rest.Length));
            body.AdvanceTo(skips ? read.Buffer.End : rest.Start, read.Buffer.End);
            if (orders.Count > 0)
            {
                publisher.Send(orders);
                orders = [];
            }

            await RoomAsync(cancellation).ConfigureAwait(false);
            if (caller.Budget is { } budget)
            {
                await budget.PaceAsync(cancellation).ConfigureAwait(false);
            }

            if (read.IsCompleted)
            {
                break;
            }
        }

        await EndAsync().WaitAsync(cancellation).ConfigureAwait(false);
    }

    void IPublishWaiter.Answered(PublishOrder order, ChannelReply? reply)
    {
        Close(new LineResult(order.Number, PublishResult.Of(order.Publish.Channel, reply)), order.Size);
    }

    private void Close(LineResult result, int size)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            Count(result);
            _open--;
            _openBytes -= size;
            room = RoomThatIsThere();
        }

        room?.TrySetResult();
    }

    /// <summary>So many results have been taken from the channel of results.</summary>
    public void Taken(int count)
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            _untaken -= count;
            room = RoomThatIsThere();
        }

        room?.TrySetResult();
    }

    private TaskCompletionSource? RoomThatIsThere()
    {
        if (_room is null || !(_isEnding ? _open == 0 : HasRoom))
        {
            return null;
        }

        var room = _room;
        _room = null;
        return room;
    }

    /// <summary>Half of it, so that what comes next is sent together.</summary>
    private bool HasRoom => _open <= Window / 2 && _openBytes <= WindowBytes / 2 && _untaken <= Window / 2;

    /// <returns>Whether no more may be under way; what is left are whole lines, too. False: only the beginning of one is left.</returns>
    private bool TakeUntilFull(ref ReadOnlySequence<byte> rest, List<PublishOrder> orders, ref bool skips)
    {
        while (rest.PositionOf((byte)'\n') is { } end)
        {
            if (skips)
            {
                skips = false;
            }
            else
            {
                Line(rest.Slice(0, end), orders);
            }

            rest = rest.Slice(rest.GetPosition(1, end));
            if (_isFull)
            {
                _isFull = false;
                return true;
            }
        }

        return false;
    }

    private void Line(ReadOnlySequence<byte> line, List<PublishOrder> orders)
    {
        var number = ++Lines;
        if (line.Length > mostLine)
        {
            Fail(number, new RequestFault(ErrorCode.TooLarge, $"A line has at most {mostLine} bytes.", null));
            return;
        }

        var bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        bytes = bytes.TrimEnd((byte)'\r');
        if (bytes.Trim(" \t"u8).IsEmpty)
        {
            return;
        }

        if (!ItemReader.TryRead(bytes, out var item, out var fault))
        {
            Fail(number, fault);
            return;
        }

        var channel = item.Channels[0];
        fault = !item.Session.IsNone ? new RequestFault(ErrorCode.BadRequest, "A message to a session is published alone.", "session")
            : item.IsMany ? new RequestFault(ErrorCode.BadRequest, "A line is for one channel.", "channels")
            : publisher.Check(item, channel, caller);
        if (fault is not null)
        {
            Fail(number, fault);
            return;
        }

        if (item.At is not null)
        {
            _ = ScheduleAsync(item, channel, number);
            return;
        }

        var order = publisher.Order(item, channel, caller, this, number);
        Open(order.Size);
        orders.Add(order);
    }

    private void Open(int size)
    {
        lock (_lock)
        {
            _open++;
            _openBytes += size;
            _isFull = _open >= Window || _openBytes >= WindowBytes;
        }
    }

    /// <summary>Sent at once: what is due at one time goes out in the order of the lines.</summary>
    private async Task ScheduleAsync(PublishItem item, ChannelName channel, int number)
    {
        Open(item.Payload.Length);
        PublishResult result;
        try
        {
            result = await scheduler.ScheduleAsync(item, channel, caller).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The stream goes on, and its end does not wait for this line for ever.
            result = new PublishResult(channel, null, new RequestFault(ErrorCode.Internal, "It could not be scheduled.", null) { Outcome = Outcome.Unknown });
        }

        Close(new LineResult(number, result), item.Payload.Length);
    }

    private void Fail(int line, RequestFault fault)
    {
        lock (_lock)
        {
            Count(new LineResult(line, new PublishResult(null, null, fault)));
        }
    }

    private void Count(LineResult result)
    {
        if (result.Result.Fault is null)
        {
            Published++;
        }
        else
        {
            Failed++;
            if (results is null && _faults.Count < MostFaults)
            {
                _faults.Add(result);
            }
        }

        if (results is not null)
        {
            _untaken++;
            results.TryWrite(result);
        }
    }

    private Task RoomAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            return _open < Window && _openBytes < WindowBytes && _untaken < Window ? Task.CompletedTask : (_room = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellation);
        }
    }

    private Task EndAsync()
    {
        lock (_lock)
        {
            _isEnding = true;
            return _open == 0 ? Task.CompletedTask : (_room = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>A line of the answer.</summary>
    public static void Write(Utf8JsonWriter json, LineResult line)
    {
        json.WriteStartObject();
        json.WriteNumber("line", line.Line);
        line.Result.Write(json);
        json.WriteEndObject();
    }
}
