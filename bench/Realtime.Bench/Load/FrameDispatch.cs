using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>
/// Turns text messages into events and carries a session from <c>hello</c> to subscribed. Messages are only counted, everything else is parsed;
/// with verification every message is parsed too, and its offset and number must follow the last one.
/// </summary>
internal sealed class FrameDispatch(IConnectionEvents events, bool verify)
{
    private readonly List<ServerFrame> _frames = [];

    public FrameAnswer Take(LoadConnection connection, ReadOnlySpan<byte> text, long now)
    {
        var count = FrameScan.CountMessages(text, out var hasOthers);

        // Beside a gap the order of frames matters: then the messages are taken one by one below.
        var oneByOne = hasOthers && connection.Follows is not null;
        if (count > 0 && !oneByOne)
        {
            connection.Advanced += count;
            events.Messages(connection, text, count, now);
        }

        if (!hasOthers && !verify)
            return FrameAnswer.Nothing;

        ServerFrameReader.Read(text, _frames);
        var answer = FrameAnswer.Nothing;
        var parsed = 0;
        foreach (var frame in _frames)
        {
            if (frame.Type == "message")
            {
                parsed++;
                if (verify)
                    Verify(connection, frame);
                if (oneByOne)
                    events.Message(connection, frame, now);
            }
            else if (Take(connection, frame, now) is var wanted and not FrameAnswer.Nothing)
            {
                answer = wanted;
            }
        }

        if (parsed != count)
            events.Violation(connection, $"counted {count} messages, parsed {parsed}");
        return answer;
    }

    private FrameAnswer Take(LoadConnection connection, ServerFrame frame, long now)
    {
        switch (frame.Type)
        {
            case "ping":
                return FrameAnswer.Pong;
            case "welcome" when connection.Phase == ConnectionPhase.Greeting:
                return Welcome(connection, frame, now);
            case "reply" when connection.Phase == ConnectionPhase.Subscribing:
                Subscribed(connection, frame.Position, now);
                return FrameAnswer.Nothing;
            case "error" when connection.Phase != ConnectionPhase.Open:
                throw new ProtocolFaultException("refused:" + frame.Detail);
            case "reply" or "error":
                events.Answered(connection, frame, now);
                return FrameAnswer.Nothing;
            case "gap":
                events.Gap(connection, frame);
                return FrameAnswer.Nothing;
            case "goodbye":
                connection.Farewell = frame;
                return FrameAnswer.Nothing;
            case "move":
                events.Asked(connection, frame, now);
                return FrameAnswer.Nothing;
            default:
                return FrameAnswer.Nothing;
        }
    }

    private FrameAnswer Welcome(LoadConnection connection, ServerFrame frame, long now)
    {
        connection.Token = frame.Session ?? throw new ProtocolFaultException("a welcome without a session");
        connection.Resumed = frame.Resumed;
        connection.CrashWindow = frame.CrashWindow;
        connection.Others = frame.Others;
        connection.Recovered = frame is { Recovered: true, HasGap: false };
        if (connection.Subscribes && frame.Subscriptions == 0)
        {
            connection.Phase = ConnectionPhase.Subscribing;
            return FrameAnswer.Subscribe;
        }

        if (connection.Subscribes)
        {
            Subscribed(connection, frame.Position, now);
        }
        else
        {
            connection.Phase = ConnectionPhase.Open;
            events.Opened(connection, now);
        }

        return FrameAnswer.Nothing;
    }

    /// <summary>A channel that keeps no log has no position.</summary>
    private void Subscribed(LoadConnection connection, string? position, long now)
    {
        if (position is not null)
            connection.StartAt(position);
        connection.Phase = ConnectionPhase.Open;
        events.Opened(connection, now);
    }

    private void Verify(LoadConnection connection, ServerFrame frame)
    {
        if (frame.Offset is { } offset)
        {
            if ((frame.Previous ?? offset - 1) != connection.VerifiedOffset)
                events.Violation(connection, $"offset {offset} came after {connection.VerifiedOffset}");
            connection.VerifiedOffset = offset;
        }

        if (frame.Number is { } number)
        {
            if (number != connection.VerifiedNumber + 1)
                events.Violation(connection, $"message {number} came after {connection.VerifiedNumber}");
            connection.VerifiedNumber = number;
        }
    }
}
