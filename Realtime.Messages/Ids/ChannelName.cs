using System.Text;

namespace Realtime.Messages.Ids;

/// <summary>
/// A valid channel name: 1 to 200 bytes of UTF-8 in NFC, no control characters, no white space at the ends (protocol.md §1).
/// The part before the first <c>:</c> is the namespace; <c>@user</c> is a personal channel, a leading <c>$</c> marks a channel that
/// needs a subscription token and does not count as part of the namespace, a leading <c>~</c> belongs to the server and to the namespace.
/// </summary>
public readonly record struct ChannelName
{
    public const int MaxBytes = 200;
    public const string DefaultNamespace = "default";
    public const string PersonalNamespace = "@";

    private ChannelName(string value) => Value = value;

    public string Value { get; }

    public bool IsPersonal => Value[0] == '@';

    public bool NeedsToken => Value[0] == '$';

    public bool IsReserved => Value[0] == '~';

    public string Namespace
    {
        get
        {
            if (IsPersonal)
            {
                return PersonalNamespace;
            }

            var start = NeedsToken ? 1 : 0;
            var colon = Value.IndexOf(':', StringComparison.Ordinal);
            return colon >= 0 ? Value[start..colon] : IsReserved ? Value : DefaultNamespace;
        }
    }

    /// <summary>The personal channel of a user.</summary>
    public static ChannelName Personal(UserId user) => new("@" + user.Value);

    public bool IsPersonalOf(UserId? user) =>
        IsPersonal && user is { } owner && Value.AsSpan(1).SequenceEqual(owner.Value);

    /// <summary>Takes a name that this type once accepted back from the store.</summary>
    public static ChannelName FromStore(string value) => new(value);

    public static ChannelName Parse(string text) =>
        TryParse(text, out var name, out var fault) ? name : throw new FormatException(fault);

    /// <param name="fault">What is wrong with the text, in words fit for the client.</param>
    public static bool TryParse(string? text, out ChannelName name, out string? fault)
    {
        name = default;
        fault = Fault(text);
        if (fault is not null)
        {
            return false;
        }

        name = new ChannelName(text!);
        return true;
    }

    private static string? Fault(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "channel is empty";
        }

        // Bytes first: it bounds what the checks below may cost.
        if (text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return $"channel is longer than {MaxBytes} bytes";
        }

        if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
        {
            return "channel has white space at an end";
        }

        var ascii = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c))
            {
                return "channel has a control character";
            }

            ascii &= c < 0x80;
            if (char.IsSurrogate(c) && !(char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return "channel is not valid Unicode";
            }
        }

        if (!ascii && !NormalFormC.IsNormalized(text))
        {
            return "channel is not in Unicode normalisation form C";
        }

        if (text is "@" or "$")
        {
            return "channel has nothing after its first character";
        }

        return null;
    }

    public override string ToString() => Value;
}
