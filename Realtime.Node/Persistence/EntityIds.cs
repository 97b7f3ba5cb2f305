using System.Text;
using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence;

/// <summary>
/// Names of entities in sharding and in the journal. Made of the characters that URLs leave alone (RFC 3986, unreserved), so that no layer
/// escapes them again, and reversible. Frozen by a test: another name is another entity and an empty log.
/// </summary>
public static class EntityIds
{
    /// <summary>The log of the resume tokens' keys; there is one.</summary>
    public const string KeysLog = "keys";

    private const string ChannelPrefix = "c-";
    private const string SessionPrefix = "s-";
    private const char Escape = '~';
    private const string Digits = "0123456789abcdef";

    /// <summary>Letters, digits, <c>-</c>, <c>_</c> and dots within stand for themselves; every other byte of the UTF-8 is <c>~</c> and two digits.</summary>
    public static string Of(ChannelName channel)
    {
        var bytes = Encoding.UTF8.GetBytes(channel.Value);
        var text = new StringBuilder(bytes.Length + 16);
        foreach (var value in bytes)
        {
            var c = (char)value;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c is '.' && text.Length > 0))
            {
                text.Append(c);
            }
            else
            {
                text.Append(Escape).Append(Digits[value >> 4]).Append(Digits[value & 15]);
            }
        }

        return text.ToString();
    }

    public static string Of(SessionId session) => session.ToString();

    /// <summary>The channel an entity id names. False for a text that <see cref="Of(ChannelName)"/> does not write.</summary>
    public static bool TryParse(string entityId, out ChannelName channel)
    {
        channel = default;
        var bytes = new byte[entityId.Length];
        var count = 0;
        for (var i = 0; i < entityId.Length; i++)
        {
            if (entityId[i] == Escape)
            {
                if (i + 2 >= entityId.Length || Digit(entityId[i + 1]) is not { } high || Digit(entityId[i + 2]) is not { } low)
                {
                    return false;
                }

                bytes[count++] = (byte)((high << 4) | low);
                i += 2;
            }
            else if (char.IsAscii(entityId[i]))
            {
                bytes[count++] = (byte)entityId[i];
            }
            else
            {
                return false;
            }
        }

        return ChannelName.TryParse(Encoding.UTF8.GetString(bytes, 0, count), out channel, out _) && Of(channel) == entityId;
    }

    public static string LogOf(ChannelName channel) => ChannelPrefix + Of(channel);

    public static string LogOf(SessionId session) => SessionPrefix + Of(session);

    /// <summary>The channel a log is of.</summary>
    public static bool TryParseLog(string persistenceId, out ChannelName channel)
    {
        channel = default;
        return persistenceId.StartsWith(ChannelPrefix, StringComparison.Ordinal) && TryParse(persistenceId[ChannelPrefix.Length..], out channel);
    }

    /// <summary>The session a log is of.</summary>
    public static bool TryParseLog(string persistenceId, out SessionId session)
    {
        session = default;
        return persistenceId.StartsWith(SessionPrefix, StringComparison.Ordinal) && SessionId.TryParse(persistenceId.AsSpan(SessionPrefix.Length), out session);
    }

    private static int? Digit(char c) => Digits.IndexOf(c, StringComparison.Ordinal) is var at and >= 0 ? at : null;
}
