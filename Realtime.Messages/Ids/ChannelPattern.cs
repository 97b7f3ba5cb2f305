namespace Realtime.Messages.Ids;

/// <summary>The name of a channel, or the beginning of names and <c>*</c> as its last character. Compared character by character: names are in normal form C, and nothing is folded or decoded.</summary>
public readonly record struct ChannelPattern
{
    private const char Rest = '*';
    private readonly string _text;

    private ChannelPattern(string text) => _text = text;

    /// <exception cref="ArgumentException">It is no pattern.</exception>
    public static ChannelPattern Parse(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var text = pattern[^1] == Rest ? pattern[..^1] : pattern;
        return text.Contains(Rest, StringComparison.Ordinal) || (text.Length > 0 && !ChannelName.TryParse(text, out _, out _))
            ? throw new ArgumentException($"'{pattern}' is no pattern of channels: a channel's name, or the beginning of one and * at its end.", nameof(pattern))
            : new ChannelPattern(pattern);
    }

    /// <param name="pattern">As somebody wrote it: a star that is not its last character makes it match nothing.</param>
    /// <param name="name">Of a channel, whether there is one or not.</param>
    public static bool Matches(string pattern, string name)
    {
        var star = pattern.IndexOf(Rest, StringComparison.Ordinal);
        return star < 0 ? pattern == name : star == pattern.Length - 1 && name.AsSpan().StartsWith(pattern.AsSpan(0, star), StringComparison.Ordinal);
    }

    public bool Matches(ChannelName channel) => Matches(_text, channel.Value);

    public override string ToString() => _text;
}
