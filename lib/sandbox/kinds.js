'use strict';

/**
 * A kind of task: a collection of Kling's, and what goes into and comes out of it.
 *
 * @typedef {object} Kind
 * @property {string} name What the billing calls its function.
 * @property {string} path Where its tasks are created. A newer one's path goes on with the model.
 * @property {boolean} newer Whether it is of the newer endpoints, which take API Keys only.
 * @property {'video' | 'image'} makes
 * @property {string[][]} needs What a body cannot do without: one of each group. The first
 * is named where all are missing.
 */

/**
 * All kinds that the sandbox knows (documented). A row here is all that a further one takes.
 *
 * @type {[path: string, makes: Kind['makes'], needs: string[][]][]}
 */
const LEGACY = [
  ['/v1/videos/text2video', 'video', [['prompt', 'multi_prompt']]],
  ['/v1/videos/image2video', 'video', [['image', 'image_tail']]],
  ['/v1/videos/multi-image2video', 'video', [['image_list']]],
  ['/v1/videos/video-extend', 'video', [['video_id']]],
  ['/v1/videos/lip-sync', 'video', [['input', 'session_id']]],
  ['/v1/videos/effects', 'video', [['effect_scene']]],
  ['/v1/videos/avatar/image2video', 'video', [['image']]],
  ['/v1/videos/omni-video', 'video', [['prompt', 'multi_prompt']]],
  ['/v1/videos/motion-control', 'video', [['image_url'], ['video_url']]],
  ['/v1/videos/multi-elements', 'video', [['session_id']]],
  ['/v1/images/generations', 'image', [['prompt']]],
  ['/v1/images/omni-image', 'image', [['prompt']]],
  ['/v1/images/multi-image2image', 'image', [['subject_image_list']]],
  ['/v1/images/editing/expand', 'image', [['image']]],
  ['/v1/images/kolors-virtual-try-on', 'image', [['human_image']]],
];

/** @type {[path: string, makes: Kind['makes'], needs: string[][]][]} */
const NEWER = [
  ['/text-to-video', 'video', [['prompt', 'contents']]],
  ['/image-to-video', 'video', [['contents']]],
  ['/omni-video', 'video', [['contents', 'prompt']]],
  ['/motion-control', 'video', [['contents']]],
];

/** @type {ReadonlyMap<string, Kind>} By path. */
const KINDS = new Map([...LEGACY.map(kindOf(false)), ...NEWER.map(kindOf(true))]);

/** @param {boolean} newer */
function kindOf(newer) {
  /** @type {(row: typeof LEGACY[number]) => [string, Kind]} */
  return ([path, makes, needs]) => {
    const name = path.replace(/^\/(v1\/(videos|images)\/)?/, '');
    return [path, { name, path, newer, makes, needs }];
  };
}

module.exports = { KINDS };
