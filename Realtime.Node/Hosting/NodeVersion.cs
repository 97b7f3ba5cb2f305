using System.Reflection;

namespace Realtime.Node.Hosting;

/// <summary>Which Realtime this is.</summary>
public static class NodeVersion
{
    public static string Text { get; } = Read();

    private static string Read()
    {
        var text = typeof(NodeVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        var build = text.IndexOf('+', StringComparison.Ordinal);
        return build < 0 ? text : text[..build];
    }
}
