"""A folder as an application.

- `folder`: `StaticFiles`, the steps from a request to its reply
- `paths`: from a request's path to a file inside the folder, or to nothing at all
- `representation`: one file as it is served, whole, in part, or not at all since it has not changed
- `reply_cache`: replies to be sent again without a look at the disk
- `listing`, `zipping`: what is in a folder, as a page, as JSON, or as one zip file
- `receiving`, `uploads`: what PUT and forms bring, and how it gets to its place
"""
