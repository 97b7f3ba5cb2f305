using System.Buffers.Text;

namespace Realtime.Messages.Ids;

/// <summary>A client instance that publishes with sequence numbers: 1 to 64 characters, chosen by the client.</summary>
public readonly record struct ProducerId
{
    public const int MaxLength = 64;

    private ProducerId(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out ProducerId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        id = new ProducerId(text);
        return true;
    }

    /// <summary>What the server's own producers begin with: no client can name one.</summary>
    public const char ServerMark = '~';

    /// <summary>A producer of the server for something that is published once only.</summary>
    /// <param name="digest">Of what names it, such as an idempotency key and whose that is.</param>
    public static ProducerId OfServer(ReadOnlySpan<byte> digest) => new(ServerMark + Base64Url.EncodeToString(digest));

    /// <summary>As another node names it: a client's, or the server's own.</summary>
    public static bool TryRead(string? text, out ProducerId id)
    {
        id = default;
        if (text is not [ServerMark, .. var rest])
        {
            return TryParse(text, out id);
        }

        if (!TryParse(rest, out _))
        {
            return false;
        }

        id = new ProducerId(text);
        return true;
    }

    /// <summary>Takes a text that this type once accepted back from the store.</summary>
    public static ProducerId FromStore(string text) => new(text);

    public override string ToString() => Value;
}
