using Realtime.Cluster.Links;
using Realtime.Messages.Entities;

namespace Realtime.Tests.Links;

/// <summary>Every record that may cross a link, found by reflection: whoever adds one finds out here what the codec lacks.</summary>
internal static class LinkFamilies
{
    public static IReadOnlyList<Type> Frames { get; } = Of(typeof(LinkFrame));

    public static IReadOnlyList<Type> Requests { get; } = Of(typeof(EntityMessage));

    public static IReadOnlyList<Type> Replies { get; } = Of(typeof(EntityReply));

    public static IReadOnlyList<Type> News { get; } = Of(typeof(NodeMessage));

    /// <summary>Frames of their own, and one frame around every message.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        .. Frames.Where(type => type != typeof(LinkFrame.Request) && type != typeof(LinkFrame.Reply) && type != typeof(LinkFrame.News)),
        .. Requests,
        .. Replies,
        .. News,
    ];

    /// <summary>The record of <see cref="All"/> that this frame carries.</summary>
    public static Type CarriedBy(LinkFrame frame) => frame switch
    {
        LinkFrame.Request request => request.Message.GetType(),
        LinkFrame.Reply reply => reply.Message.GetType(),
        LinkFrame.News news => news.Message.GetType(),
        _ => frame.GetType(),
    };

    private static Type[] Of(Type family) =>
        [.. family.Assembly.GetTypes().Where(type => !type.IsAbstract && family.IsAssignableFrom(type)).OrderBy(type => type.FullName, StringComparer.Ordinal)];
}
